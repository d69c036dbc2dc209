"""The numbers of judgement that no policy sets, each with what it means. Pages and prompts render them from here."""

from __future__ import annotations

from datetime import timedelta

BURST_HALF_LIFE = timedelta(weeks=6)
"""A ticket this old counts half in the baseline of bursts: longer than a month's rhythm, shorter than most trends."""
BURST_MEMORY = timedelta(weeks=26)
"""How far back the surprises are looked at from which the alarm line is drawn."""
BURST_WARM_UP = timedelta(days=14)
"""Before so much past there is no baseline; then a plain count of requesters decides."""
BURST_PLAIN_WINDOW = timedelta(minutes=60)
"""Window of the plain count."""
TOPIC_COSINE = 0.55
"""A request this near to a topic's centre belongs to it: centres are nearer to their members than members to each
other (for a group of n texts of pairwise cosine c, the cosine to the centre is the square root of (1 + (n−1)c) / n)."""
TOPICS_OF_ONE = 2
"""A request belongs to so many topics at most: the line between two of them must not cut an outbreak in half."""
TOPICS_KEPT = 400
"""Centres kept for a tenant; the ones unused for longest go first."""

LEDGER_AHEAD = timedelta(days=10 * 365)
"""The farthest a ledger is read ahead of the present: twice the five years in which a target must be reached."""

DUPLICATE_WINDOW = timedelta(hours=72)
"""An older ticket opened within this time before a new one can be the same request."""
DUPLICATE_COSINE = 0.9
"""So near in meaning, by the same requester or about the same asset, is the same request sent twice."""
DUPLICATE_COSINE_SAME_THING = 0.8
"""The same where the requester and the asset or service agree as well."""
DUPLICATE_OVERLAP = 0.8
"""Share of common words (Jaccard) from which two texts are the same, whatever their meaning is taken to be."""

NEIGHBOURS = 12
"""Resolved tickets looked at for resemblance, category and evidence."""
NEIGHBOUR_COSINE = 0.35
"""A past ticket less near than this says nothing about the present one."""
PLAYBOOK_COSINE = 0.5
"""A request this near to an example phrase of a playbook is of its kind: above the 0.45 that 3 % of random pairs of IT
tickets reach, since one phrase of many is compared with."""
RESEMBLANCE_LEAST = 4
"""Fewer near tickets than this give no opinion about resemblance."""
RESEMBLANCE_LIFT = 2.0
"""The escalated share among near tickets must be this many times the usual share …"""
RESEMBLANCE_SHARE = 0.4
"""… and at least this much in itself …"""
RESEMBLANCE_CLEAR = 0.9
"""… but a share above this is clear however many tickets go up usually, if fewer do."""

OLDER_THAN_USUAL = 1.5
"""A ticket older than this many times the usual time to resolution is late."""

CATEGORY_SHARE = 0.45
"""A category without a helpdesk's word for it needs this share of the evidence."""
CATEGORY_OVERRULE = 0.75
"""The share from which words and past tickets together overrule the helpdesk's category."""
CATEGORY_MENTION = 0.55
"""The share from which the text's own category is mentioned beside the helpdesk's."""

WRITE_AGAIN = 3
"""So often a change is worked out again that somebody else was faster with; then a person is told."""

ROUTE_PRIOR_TICKETS = 8.0
"""Weight of the team's mean in a technician's figures, counted in tickets (empirical Bayes shrinkage)."""

ROUTE_PRIOR_PEOPLE = 5
"""Fewer technicians with tickets do not tell how much technicians differ; the fixed weight stands."""
ROUTE_PRIOR_BOUNDS = (2.0, 50.0)
"""Least and most weight of the team's mean when it is estimated, in tickets."""
ROUTE_TEAM_IN_TIER = 0.2
"""A team opinion that gives the tier's teams less than this in all says nothing about them."""
ROUTE_TEAM_CLEAR = 0.5
"""Of what the opinion gives the tier's teams, the share from which one team goes before all others."""

READ_AT_MOST = 100_000
"""Characters of one message that are read for words, values and orders to software; nobody writes more by hand."""

SIMILAR_TICKETS = 8
PROBLEMS = 3
ARTICLES = 4
OWN_EARLIER_TICKETS = 5
"""How much evidence of each kind travels with a ticket."""
EVIDENCE_COSINE = 0.3
"""A document less near than this is no evidence."""

STABLE_FACTS_FOR = timedelta(days=180)
"""A device or place named in the requester's own earlier ticket is taken to hold for this long."""

ROUTE_SUCCESS = 0.40
ROUTE_SPEED = 0.15
ROUTE_SIMILAR = 0.25
ROUTE_AFFINITY = 0.05
ROUTE_LOAD = 0.15
"""What a technician's score is made of: shares of 1, load counting by the room that is left."""

NOTICE_ROUNDS = 7
"""Rounds of tries after which a message that never got through is given up: with pauses of 1, 2, 4, 8, 16 and 32
minutes between them about an hour of trying."""
CRITICAL_ROUNDS = 75
"""The same for a critical message that nobody was told in another way: the pauses end at an hour, so about three days,
as long as senders of webhooks are told to go on trying (Standard Webhooks 1.0)."""
LONGEST_PAUSE = timedelta(hours=1)
"""Between two rounds, whatever the other side asks for."""
IN_FLIGHT = timedelta(minutes=2)
"""A message on its way for longer than this has lost its sender: every wait on the network ends sooner."""
GATHERED_AT_MOST = 50
"""Notices put into one message; more follow in the next."""

DELEGATION_HOPS = 3
"""A delegate may have delegated in turn; so many hops are followed, and people can still say who spoke for whom."""

REVOKE_WITHIN = 60
"""Minutes to take a grant away again where the approval, made before rules could say so, names none."""

ASKED_BACK_SHARE = 0.25
"""An optional field that the next tier asked back for in this share of a category's hand-overs is worth asking …"""
ASKED_BACK_CASES = 5
"""… when it did so in at least this many tickets: fewer say nothing about the next one."""
